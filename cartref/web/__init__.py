"""Web: the rim of Flask. It knows sessions, errors, headers and languages, and no clinic."""
