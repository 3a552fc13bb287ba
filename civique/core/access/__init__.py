"""Who may enter and do what: codes, sessions, second factors, roles, invitations."""
