#!/bin/sh
# When the agent wants to stop: not while the quick test fails. Once is enough, so that nobody is kept for ever.
grep -q '"stop_hook_active":true' && exit 0
output=$(node --test --test-reporter=tap test/quick.test.js 2>&1) && exit 0
echo "The quick test fails. Mend that before you stop:" >&2
printf '%s\n' "$output" | grep -E '^ *not ok|^ *(expected|actual):' | head -n 6 >&2
exit 2
