"""The edge: REST and server-sent events outside, gRPC inside, translated from the contracts alone."""
