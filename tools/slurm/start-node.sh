#!/bin/sh
# Starts one virtual node of the Slurm that start.sh set up: start-node.sh FOLDER NODE
set -eu
exec unshare --uts sh -c 'hostname "$1" && exec slurmd -N "$1" -f "$0/slurm.conf"' "$1" "$2"
