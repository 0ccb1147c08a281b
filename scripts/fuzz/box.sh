# Builds a root of its own out of nothing, in namespaces that unshare has made, and runs the runner in it. Of this
# machine only programs and libraries are there, read-only; no network, no other processes.
# $1 an empty folder, $2 the folder with the files, $3 the folder of node, $4 the runner, the rest the programs' names
set -eu
root=$1 files=$2 node=$3 runner=$4
shift 4
mount --make-rprivate /
mount -t tmpfs tmpfs "$root"
cd "$root"
mkdir -p old usr/bin usr/share real node files log proc dev tmp project outside home/u
bind() {
  mount --rbind "$1" "$2" && mount -o remount,bind,ro "$2"
}
for folder in lib lib64 lib32; do
  [ ! -d "/usr/$folder" ] || { mkdir -p "usr/$folder" && bind "/usr/$folder" "usr/$folder"; }
done
bind /usr/share usr/share
bind /usr/bin real
bind "$node" node
bind "$files" files
for folder in lib lib64 lib32; do
  if [ -L "/$folder" ]; then ln -s "$(readlink "/$folder")" "$folder"; elif [ -d "/$folder" ]; then mkdir "$folder" && bind "/$folder" "$folder"; fi
done
mount -t proc proc proc
for device in null zero urandom; do
  : > dev/$device
  mount --bind /dev/$device dev/$device
done
ln -s /proc/self/fd dev/fd
cp "$runner" runner.mjs
# Every program writes down that it was started, and with what.
for name in "$@"; do
  [ -e "real/$name" ] || continue
  printf '#!/real/dash\nprintf "%%s\\037" "%s" "$@" "\036" >> /log/$$\nexec /real/%s "$@"\n' "$name" "$name" > "usr/bin/$name"
  chmod +x "usr/bin/$name"
done
ln -s usr/bin bin
mkdir etc && cp files/etc/* etc/
pivot_root . old
cd /
/real/umount -l /old
exec /node/node /runner.mjs
