// ServingHTTP
