#!/bin/sh
# Starts the control plane of Kubernetes on this machine for the tests: etcd, the API server and its controllers, in the folder
# given. No node belongs to it, so pods are made and wait. Prints the path of a kubeconfig. Needs etcd, kube-apiserver,
# kube-controller-manager and openssl on the PATH (build.sh compiles the first three); installs nothing, needs no root.
set -eu

folder=$1

for program in etcd kube-apiserver kube-controller-manager kubectl openssl; do
  command -v "$program" > /dev/null || {
    echo "Kubernetes cannot be started: $program is not on the PATH (tools/kubernetes/build.sh compiles etcd and the servers)" >&2
    exit 3
  }
done

mkdir -p "$folder"
cd "$folder"
umask 077
token=$(head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n')
echo "$token,admin,admin,system:masters" > tokens.csv
openssl genrsa -out accounts.key 2048 2> openssl.log

etcd --data-dir="$folder/etcd" --unsafe-no-fsync --log-level=warn \
  --listen-client-urls=http://127.0.0.1:16379 --advertise-client-urls=http://127.0.0.1:16379 \
  --listen-peer-urls=http://127.0.0.1:16380 > etcd.log 2>&1 &
echo $! > etcd.pid

kube-apiserver --etcd-servers=http://127.0.0.1:16379 --bind-address=127.0.0.1 --secure-port=16443 \
  --cert-dir="$folder/certificates" --token-auth-file="$folder/tokens.csv" --authorization-mode=RBAC \
  --service-cluster-ip-range=10.0.0.0/24 --service-account-issuer=https://127.0.0.1:16443 \
  --service-account-key-file="$folder/accounts.key" --service-account-signing-key-file="$folder/accounts.key" \
  > kube-apiserver.log 2>&1 &
echo $! > kube-apiserver.pid

cat > kubeconfig << END
apiVersion: v1
kind: Config
clusters: [{ name: test, cluster: { server: 'https://127.0.0.1:16443', insecure-skip-tls-verify: true } }]
users: [{ name: admin, user: { token: $token } }]
contexts: [{ name: test, context: { cluster: test, user: admin } }]
current-context: test
END
export KUBECONFIG="$folder/kubeconfig"

for _ in $(seq 240); do
  kill -0 "$(cat kube-apiserver.pid)" 2> /dev/null || {
    tail -5 kube-apiserver.log etcd.log >&2
    exit 1
  }
  kubectl get --raw=/readyz > /dev/null 2>&1 && break
  sleep 0.5
done
kubectl get --raw=/readyz > /dev/null

kube-controller-manager --kubeconfig="$KUBECONFIG" --leader-elect=false --bind-address=127.0.0.1 --secure-port=16257 \
  --controllers=job-controller,garbage-collector-controller,serviceaccount-controller,pod-garbage-collector-controller \
  --service-account-private-key-file="$folder/accounts.key" > kube-controller-manager.log 2>&1 &
echo $! > kube-controller-manager.pid

# Pods need the account that its controller makes.
for _ in $(seq 240); do
  kubectl get serviceaccount default > /dev/null 2>&1 && break
  sleep 0.5
done
kubectl get serviceaccount default > /dev/null
echo "$KUBECONFIG"
