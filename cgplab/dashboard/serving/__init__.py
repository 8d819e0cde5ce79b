"""Who may reach the served dashboard: names, logins, throttling and the headers of every answer."""
