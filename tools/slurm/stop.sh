#!/bin/sh
# Ends the Slurm that `start.sh FOLDER` started, jobs first; munge stays.
set -u
folder=$1
SLURM_CONF="$folder/slurm.conf"
export SLURM_CONF
scancel --me 2> /dev/null
for _ in $(seq 40); do
  [ -z "$(squeue --noheader --states=running,completing 2> /dev/null)" ] && break
  sleep 0.5
done
for name in n1 n2 slurmctld; do
  [ -e "$folder/$name.pid" ] && kill "$(cat "$folder/$name.pid")" 2> /dev/null
done
exit 0
