"""What comes on paper and from it: sheets, files of the diary, slips and letters."""
