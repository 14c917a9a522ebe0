"""The words, codes and limits of a campaign."""
