"""Every parser of foreign bytes, with drawn bytes: a short budget in `make test`, a long one in `make fuzz`."""
