# The commands of the book. `make` lists them.
tangle:
	@sh tangled/press/tangle.sh tangled
.PHONY: tangle
