// Copying the envelope's code from paper: group by group, each checked as it is typed. portal/crypto/envelope.py
// says how a group's last letter comes about.
(function () {
  "use strict";

  var ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  var SAME = { O: "0", I: "1", L: "1" };
  var KEYBOARD = "АВСЕНКМОРТХІ"; // the same shapes in Cyrillic
  var SHAPES = "ABCEHKM0PTX1";
  var FACTORS = [8, 4, 2];
  var FIELD = 37;
  var GROUP = 4;
  var SLIP = "Сравнете с листа.";

  function plain(text) {
    return Array.prototype.map
      .call(text.toUpperCase(), function (letter) {
        var at = KEYBOARD.indexOf(letter);
        return at < 0 ? SAME[letter] || letter : SHAPES[at];
      })
      .filter(function (letter) {
        return /[0-9A-Z\u0400-\u04FF]/.test(letter);
      })
      .join("");
  }

  function product(one, other) {
    var found = 0;
    for (; other; other >>= 1) {
      if (other & 1) found ^= one;
      one <<= 1;
      if (one & 32) one ^= FIELD;
    }
    return found;
  }

  function fits(number, letters) {
    var values = Array.prototype.map.call(letters, function (letter) {
      return ALPHABET.indexOf(letter);
    });
    if (values.length !== GROUP || values.indexOf(-1) >= 0) return false;
    return FACTORS.reduce(function (sum, factor, at) {
      return sum ^ product(factor, values[at]);
    }, number) === values[GROUP - 1];
  }

  // A code from before groups were checked fits nowhere: nothing is said of a group until most of them fit.
  function mark(fields) {
    var typed = fields.map(function (field) {
      return plain(field.value);
    });
    var whole = typed.filter(function (letters) {
      return letters.length === GROUP;
    }).length;
    var fitting = typed.filter(function (letters, at) {
      return fits(at + 1, letters);
    }).length;
    fields.forEach(function (field, at) {
      var fit = fits(at + 1, typed[at]);
      var slip = !fit && typed[at].length >= GROUP && 2 * fitting > whole;
      var item = field.parentNode;
      item.classList.toggle("is-done", fit);
      item.classList.toggle("is-wrong", slip);
      field.setAttribute("aria-invalid", slip);
      item.querySelector("[data-slip]").textContent = slip ? SLIP : "";
    });
  }

  function spread(fields, at, text) {
    var letters = plain(text);
    var last = at;
    for (var from = 0; from < letters.length && last < fields.length; from += GROUP) {
      fields[last].value = letters.slice(from, from + GROUP);
      last += 1;
    }
    fields[Math.min(letters.length % GROUP ? last - 1 : last, fields.length - 1)].focus();
  }

  Array.prototype.forEach.call(document.querySelectorAll("[data-groups]"), function (part) {
    var fields = Array.prototype.slice.call(part.querySelectorAll("input"));
    part.addEventListener("input", function (event) {
      var field = event.target;
      var at = fields.indexOf(field);
      var letters = plain(field.value);
      var atEnd = field.selectionStart === field.value.length;
      if (event.inputType === "insertFromPaste" || letters.length > GROUP + 1) spread(fields, at, field.value);
      else if (letters.length === GROUP && atEnd && fields[at + 1] && /^insert/.test(event.inputType)) {
        fields[at + 1].focus();
      }
      mark(fields);
    });
  });
})();
