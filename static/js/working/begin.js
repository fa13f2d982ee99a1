// What ../portal/later.js fetches once something needs it. The files of this folder are bundled as those of that one
// are, and know of it what it gives here.

const shared = window.portal;
const { closest, editorsOf, failedAt, headers, heard, open, owner, PATIENCE, tell, waiting } = shared;

shared.isThere = true;
