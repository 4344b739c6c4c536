"""What planners look at: words, layout, maps, tables and graph files."""
