/** Loaded before the command line, this sets its clock back to the summer of 2015. */
const now = Date.now
const shift = now() - Date.UTC(2015, 5, 1)
Date.now = () => now() - shift
