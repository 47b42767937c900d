"""What the documentation demands, read from the OpenAPI file.

In comes `openapi/image-variations.yaml`; out come enums, ranges, schemas, requirements and profiles.
Every other package may read it; it reads none of them.
"""
