"""Reports: what happened in a shift, a day or a week of a place, laid out for people and made by itself."""
