"""What the application can do, written against ports: it knows no database, no network, no disk."""
