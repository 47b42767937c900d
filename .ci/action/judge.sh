#!/usr/bin/env bash
# Judges the gateway. Every input arrives as a variable, and is handed on as one, or as one whole word.
set -euo pipefail

usage() {
  # Only our own words: an input could hold a workflow command.
  echo "::error title=Conformance%3A usage::$1"
  exit 2
}

reports="${INPUT_REPORT_DIR:-reports}"
case "$INPUT_FAIL_ON" in
  must | never) ;;
  should) export CONFORMANCE_STRICT=true ;;
  *) usage "fail-on is must, should or never" ;;
esac
for value in "$reports" "$INPUT_CONFIG" "$INPUT_API_KEY_ENV"; do
  case "$value" in
    *[[:cntrl:]]*) usage "report-dir, config and api-key-env are one line each" ;;
  esac
done

# What is empty stays as the workflow's own environment or conformance.toml has it.
for name in URL MODEL PROFILE MAX_IMAGES API_KEY_ENV; do
  input="INPUT_$name"
  [ -z "${!input}" ] || export "CONFORMANCE_$name=${!input}"
done

# GitHub masks its own secrets; a credential from elsewhere is masked here, line by line.
IFS=', ' read -r -a credentials <<<"CONFORMANCE_API_KEY $INPUT_API_KEY_ENV"
for name in "${credentials[@]}"; do
  name="${name#*=}"
  [[ "$name" =~ ^[A-Za-z_][A-Za-z0-9_]*$ ]] || continue
  while IFS= read -r line; do
    [ -z "$line" ] || echo "::add-mask::${line//%/%25}"
  done <<<"${!name-}"
done

words=(run --ci github)
[ -z "$INPUT_CONFIG" ] || words+=("--config=$INPUT_CONFIG")
while IFS= read -r word; do
  [ -z "$word" ] || words+=("$word")
done <<<"$INPUT_ARGS"

before="$(mktemp "$RUNNER_TEMP/before.XXXXXX")"
code=0
"$RUNNER_TEMP/conformance/bin/conformance" "${words[@]}" "--report-dir=$reports" || code=$?
"$RUNNER_TEMP/conformance/bin/python" -I "$ACTION_PATH/.ci/action/outputs.py" \
  "$reports" "$before" "$code" "$INPUT_FAIL_ON"
