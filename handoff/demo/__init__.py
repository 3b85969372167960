"""An invented company and its exports, for trying Handoff without data of one's own.

`company` tells what truly happened, person by person, in the words of `truth`; a writer
such as `generic` tells it the way one system would export it. The same seed gives the same
bytes everywhere.
"""
