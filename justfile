# About ten commands do everything; CI calls the same ones.

# Show the commands.
default:
    @just --list

# Style, types, direction of imports.
check:
    uv run ruff format --check
    uv run ruff check
    uv run mypy
    uv run lint-imports

# Mend style.
fix:
    uv run ruff format
    uv run ruff check --fix

# The tests that CI runs.
test *options:
    uv run pytest {{options}}

# Run the demo.
demo:
    uv run xinzhi demo

# Renew the exact pins in pyproject.toml from what resolves today.
pin:
    python3 scripts/pin.py
