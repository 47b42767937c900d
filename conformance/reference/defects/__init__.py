"""The defects that the gateway can be told to have, one module for each part of the contract."""
