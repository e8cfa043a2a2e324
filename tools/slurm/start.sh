#!/bin/sh
# Starts Slurm on this machine for the tests: one controller and the virtual nodes n1 and n2, in the folder given.
# Prints the path of its slurm.conf. Needs root and the packages slurm-wlm and munge of Debian or Ubuntu; installs nothing.
#
# Each node has a host name of its own (a UTS namespace), so that programs on different nodes see different hosts, as on a
# real cluster; processes and files are shared.
set -eu

folder=$1
host=$(hostname -s)

for program in slurmctld slurmd munged unshare; do
  command -v "$program" > /dev/null || {
    echo "Slurm cannot be started: $program is not installed (Debian, Ubuntu: apt-get install slurm-wlm munge)" >&2
    exit 3
  }
done
[ "$(id -u)" = 0 ] || { echo 'Slurm cannot be started: its daemons need root here' >&2; exit 3; }

mkdir -p "$folder/state" "$folder/spool"

# munge signs what the daemons say to each other. One that runs already is used.
if ! munge -n > /dev/null 2>&1; then
  [ -e /etc/munge/munge.key ] || head -c 1024 /dev/urandom > /etc/munge/munge.key
  mkdir -p /run/munge
  chown munge: /etc/munge/munge.key /run/munge
  chmod 400 /etc/munge/munge.key
  su munge -s /bin/sh -c munged
fi

# Short times, so that a test of a lost node or of a job that goes back into the queue takes seconds.
cat > "$folder/slurm.conf" << END
ClusterName=ichor-test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=16817
SlurmUser=root
AuthType=auth/munge
AuthInfo=cred_expire=5
SlurmctldPidFile=$folder/slurmctld.pid
SlurmctldLogFile=$folder/slurmctld.log
StateSaveLocation=$folder/state
SlurmdPidFile=$folder/%n.pid
SlurmdLogFile=$folder/%n.log
SlurmdSpoolDir=$folder/spool/%n
SlurmdTimeout=10
KillWait=15
MinJobAge=3600
SchedulerParameters=sched_interval=5,bf_interval=5
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=5
JobAcctGatherParams=OverMemoryKill
AccountingStorageType=accounting_storage/none
ReturnToService=2
NodeName=n[1-2] NodeHostname=$host NodeAddr=127.0.0.1 Port=[16821-16822] CPUs=1 RealMemory=4000 State=UNKNOWN
PartitionName=test Nodes=n[1-2] Default=YES MaxTime=INFINITE State=UP
END

slurmctld -f "$folder/slurm.conf"
for node in n1 n2; do sh "$(dirname "$0")/start-node.sh" "$folder" "$node"; done
SLURM_CONF="$folder/slurm.conf"
export SLURM_CONF
for _ in $(seq 40); do
  [ "$(sinfo --noheader --format=%T | sort -u)" = idle ] && break
  sleep 0.5
done
echo "$SLURM_CONF"
