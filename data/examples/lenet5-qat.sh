# Example runs of LeNet-5 into the store $1; about ten minutes of processor time.
# Limits are generations, never seconds, so that the same circuits come out on every machine.
set -eu

lenet() { cgplab evolve --store "$store" --model lenet5-qat --seed 1 "$@"; }

store=$1
thesis="--strategy 0 --strategy 1 --strategy 5 --strategy 11"

# One kernel: as the original searched (evolved wiring, a million generations, 30 seeds), then as cgplab does.
lenet --selection single_filter --strategy 0 --wiring evolved --runs 30 --generations 1000000
lenet --selection single_filter $thesis --runs 10 --generations 50000
lenet --selection single_filter $thesis --method construct
lenet --selection reversed_single_filter --strategy 0 --wiring evolved --runs 5 --generations 200000
lenet --selection reversed_single_filter $thesis --runs 5 --generations 20000
lenet --selection single_filter_zero_outter --layer conv2 --kernels 4 --strategy 0 --wiring evolved --runs 5 --generations 200000
lenet --selection single_filter_zero_outter --layer conv2 --kernels 4 --strategy 0 --runs 5 --generations 20000

# Kernels of the second convolution: eight on four grids as the original searched, sixteen at all strategies.
lenet --selection grid_size --layer conv2 --kernels 8 --strategy 0 --wiring evolved --runs 5 --generations 1000000
lenet --selection grid_size --layer conv2 --kernels 16 --grid 5x5 $thesis --runs 5 --generations 20000
lenet --selection grid_size --layer conv2 --kernels 16 --grid 5x5 $thesis --method construct

# A channel, two layers, all layers.
lenet --selection single_channel --published --runs 5 --generations 20000
lenet --selection single_channel --published --wiring evolved --stop energy=0 --runs 5 --generations 200000
lenet --selection layer_bypass --published --wiring evolved --runs 5 --generations 100000
lenet --selection layer_bypass --published --runs 5 --generations 20000
lenet --selection layer_bypass --published --runs 1 --method construct
lenet --selection chain $thesis --runs 5 --generations 20000
lenet --selection chain $thesis --method construct
lenet --selection all_layers $thesis --runs 5 --generations 50000
lenet --selection all_layers $thesis --method construct
lenet --selection le_selector --published --runs 5 --generations 20000
lenet --selection le_selector $thesis --runs 5 --generations 20000
lenet --selection shared_codebook $thesis --runs 5 --generations 20000
lenet --selection shared_codebook $thesis --method construct
lenet --selection worst_case $thesis --runs 5 --generations 20000

# Histories of improvements would make the archive several times as large: small ones of the first seed are enough to try.
grep -L '"seed": 1,' "$store"/runs/*/manifest.json | while read -r manifest; do rm -f "${manifest%manifest.json}history.npz"; done
find "$store/runs" -name history.npz -size +12k -delete
