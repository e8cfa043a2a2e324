#!/bin/sh
# Compiles etcd, kube-apiserver and kube-controller-manager into the folder given, for test:kubernetes: `build.sh FOLDER`, then
# PATH=FOLDER:$PATH npm run test:kubernetes. Needs Go 1.26 and the Go module proxy; minutes on two cores. The archives of a
# Kubernetes release (kubernetes-server) hold the same programs.
set -eu

version=1.36.3
folder=$1
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
module=$(mktemp -d)
trap 'rm -rf "$module"' EXIT
cd "$module"
export GOFLAGS='-mod=mod -buildvcs=false'

go mod init build > /dev/null 2>&1
# The module leads its parts to folders that only its repository has; they are modules of their own, too.
file=$(go mod download -json "k8s.io/kubernetes@v$version" | sed -n 's/.*"GoMod": "\(.*\)".*/\1/p')
sed -n 's|^[[:space:]]*\(k8s.io/[a-z-]*\) => ./staging/.*|\1|p' "$file" | grep -v /sample- | while read -r part; do
  go mod edit -replace "$part=$part@v0${version#1}"
done
go get "k8s.io/kubernetes/cmd/kube-apiserver@v$version" "k8s.io/kubernetes/cmd/kube-controller-manager@v$version" go.etcd.io/etcd/server/v3
# Clients ask the server for its version.
named="-X k8s.io/component-base/version.gitVersion=v$version"
for program in kube-apiserver kube-controller-manager; do
  go build -trimpath -ldflags "-s -w $named" -o "$folder/$program" "k8s.io/kubernetes/cmd/$program"
done
go build -trimpath -ldflags '-s -w' -o "$folder/etcd" go.etcd.io/etcd/server/v3
