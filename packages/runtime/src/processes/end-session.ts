// What endSession (sessions.ts) does, for the reaper, which is a shell: kills the groups of a session as they are seen,
// until three looks in a row find nothing. Only with what the shell itself can do: pkill and ps may not be there,
// and each program that is started here would be one more process to look at.

/** Defines `end_session NUMBER`. */
export const END_SESSION = `
strike() {
  read -r stat <"/proc/$2/stat" || return
  set -- "$1" \${stat##*) }
  if [ "$5" != "$1" ] || [ "$2" = Z ]; then return; fi
  kill -s KILL -- "-$4"
  quiet=0
}
end_session() {
  kill -s KILL -- "-$1"
  quiet=0
  for look in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    read -r _ _ _ _ last </proc/loadavg || return
    quiet=$((quiet + 1))
    for folder in /proc/[0-9]*; do strike "$1" "\${folder#/proc/}"; done
    while read -r _ _ _ _ newest </proc/loadavg && [ "$last" -lt "$newest" ]; do
      last=$((last + 1))
      strike "$1" "$last"
    done
    if [ "$quiet" = 3 ]; then return; fi
  done
}
`;
