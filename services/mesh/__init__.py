"""How a service lives on the network: server, client, policy, identity, errors, telemetry."""
