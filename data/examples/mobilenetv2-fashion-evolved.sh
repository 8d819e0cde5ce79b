# Example runs of MobileNetV2 into the store $1, as the original searched; about ten minutes of processor time.
# Limits are generations, never seconds, so that the same circuits come out on every machine.
set -eu

mobilenet() { cgplab evolve --store "$store" --model mobilenetv2-fashion --selection mobilenet --seed 1 --no-accuracy "$@"; }

store=$1
thesis="--strategy 0 --strategy 1 --strategy 5 --strategy 11"

# The 40 layers of up to 6,144 weights. With a gene for every output, larger ones would take hours.
small="--layer stem --layer block1.depthwise --layer block1.project"
for block in 2 3 4 5 6 7 8 9 10 11 12 13; do
    small="$small --layer block$block.expand --layer block$block.depthwise --layer block$block.project"
done
small="$small --layer block14.expand"
mobilenet $small $thesis --wiring evolved --generations 300000

cgplab metrics --store "$store" --images 1000

# Histories of improvements would make the archive several times as large.
find "$store/runs" -name history.npz -delete
