"""How the second ear (`gateway/core/words/model.tsv`) is trained: `make model`. Nothing in `gateway` imports this."""
