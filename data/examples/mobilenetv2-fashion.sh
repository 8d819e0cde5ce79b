# Example runs of MobileNetV2 into the store $1: all 52 convolutions; about ten minutes of processor time.
# Limits are generations, never seconds, so that the same circuits come out on every machine.
set -eu

mobilenet() { cgplab evolve --store "$store" --model mobilenetv2-fashion --selection mobilenet --seed 1 --no-accuracy "$@"; }

store=$1
thesis="--strategy 0 --strategy 1 --strategy 5 --strategy 11"

mobilenet --layer all $thesis --runs 5 --generations 10000
mobilenet --layer all $thesis --method construct

cgplab metrics --store "$store" --images 1000

# Histories of improvements would make the archive several times as large.
find "$store/runs" -name history.npz -delete
