// Runs a Python program in the Python of a browser's tab, without a browser.
//
//     node tab.mjs FOLDER-OF-PYODIDE COURSE PROGRAM
//
// The program finds the packages of the site installed, and the course's folder in /course.
const [, , pyodide, course, program] = process.argv;
const { loadPyodide } = await import(`${pyodide}/pyodide.mjs`);
const fs = await import("node:fs");

const python = await loadPyodide({ indexURL: `${pyodide}/`, env: { PYTHONHASHSEED: "0" } });
const { packages } = JSON.parse(fs.readFileSync(`${pyodide}/pyodide-lock.json`, "utf8"));
await python.loadPackage(Object.keys(packages), { messageCallback: () => {} });
python.FS.mkdir("/course");
python.mountNodeFS("/course", course);
python.setStdout({ batched: (line) => console.log(line) });
await python.runPythonAsync(fs.readFileSync(program, "utf8"));
