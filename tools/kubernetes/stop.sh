#!/bin/sh
# Ends the servers that start.sh started in the folder given.
for name in kube-controller-manager kube-apiserver etcd; do
  [ -e "$1/$name.pid" ] && kill "$(cat "$1/$name.pid")" 2> /dev/null
done
exit 0
