"""The keys that may stand in what a signing program adds to a PDF. None of them acts, asks, or depends on who
looks: no action, no layer, no metadata, no file elsewhere. Source: ISO 32000-2, the tables named beside them.
"""

Keys = frozenset[str]


def _keys(names: str) -> Keys:
    return frozenset(f"/{name}" for name in names.split())


TRAILER = _keys("Size Root Info ID Prev")
PACKED = _keys("Type N First Length Filter DecodeParms")  # table 16, without /Extends
INFORMATION = _keys("ModDate Producer")  # table 349: who wrote the file last
CATALOGUE_SIGNED = _keys("AcroForm Version Extensions Perms")  # table 29
CATALOGUE_AFTER = _keys("AcroForm Version Extensions DSS")
VERSIONS = _keys("1.4 1.5 1.6 1.7 2.0")
FORM = _keys("Fields SigFlags DA DR")  # table 224
FIELD = _keys("Type Subtype FT T TU V DV F Ff P Rect AP M NM H MK DA DR Lock")  # tables 166, 191, 226, 235
# Bits of /F: what is hidden, printed or locked (table 167). Not those by which a widget keeps its size or its
# way up whatever the reader does: it would leave its place.
FLAGS = 1 | 2 | 4 | 32 | 64 | 128 | 512
SIGNATURE = _keys(
    "Type Filter SubFilter Contents ByteRange Reference Changes Name M Location Reason ContactInfo R V "
    "Prop_Build Prop_AuthTime Prop_AuthType"
)  # table 255
SUBFILTERS = {
    "/Sig": _keys("ETSI.CAdES.detached adbe.pkcs7.detached"),
    "/DocTimeStamp": _keys("ETSI.RFC3161"),
}
REFERENCE = _keys("Type TransformMethod TransformParams Data DigestMethod DigestValue")  # table 256
# Dictionaries that say something, by the key under which they stand; elsewhere there is none.
SAYING: dict[str, Keys] = {
    "/Extensions": _keys("Type BaseVersion ExtensionLevel ExtensionRevision URL"),  # table 49
    "/Lock": _keys("Type Action Fields P"),  # table 236
    "/MK": _keys("R BC BG"),  # table 192, without captions and icons
    "/Prop_Build": _keys(
        "Filter PubSec App SigQ Name Date R OS PreRelease NonEFontNoWarn TrustedMode V REx"
    ),  # Adobe, Digital Signature Build Dictionary Specification
    "/TransformParams": _keys("Type P V Action Fields"),  # tables 257 and 259
}
# /DSS (table 261) and what it has of each signature (262); its streams are DER that no reader shows.
SECURITY_STORE = _keys("Type VRI Certs OCSPs CRLs")
OF_A_SIGNATURE = _keys("Type Cert CRL OCSP TU TS")
STREAM = _keys("Type Length Filter DecodeParms")

# Of resources the kinds, under which everything has a name of its own (table 34); no layers (/Properties).
RESOURCES = _keys("Font XObject ExtGState ColorSpace Pattern Shading")
# What pictures, fonts, colours and functions consist of.
DRAWN = (
    STREAM
    | _keys("Subtype FormType BBox Matrix Resources Group Name LastModified S CS I K")  # 93 and 145: forms
    | _keys("Width Height ColorSpace BitsPerComponent Intent ImageMask Mask Decode Interpolate SMask")  # 87
    | _keys("SMaskInData Matte")
    | _keys("K Columns Rows BlackIs1 EncodedByteAlign EndOfLine EndOfBlock DamagedRowsBeforeError")  # 8 to 13
    | _keys("ColorTransform Predictor Colors EarlyChange JBIG2Globals")
    | _keys("BaseFont FirstChar LastChar Widths FontDescriptor Encoding ToUnicode DescendantFonts")  # 109 on
    | _keys("CIDSystemInfo DW W DW2 W2 CIDToGIDMap Registry Ordering Supplement BaseEncoding Differences")
    | _keys("FontName FontFamily FontStretch FontWeight Flags FontBBox ItalicAngle Ascent Descent Leading")
    | _keys("CapHeight XHeight StemV StemH AvgWidth MaxWidth MissingWidth FontFile FontFile2 FontFile3")
    | _keys("CharSet CIDSet Style Lang Length1 Length2 Length3 CMapName WMode UseCMap")
    | _keys("LW LC LJ ML D RI OP op OPM BM CA ca AIS TK SA FL SM SMask G BC Font")  # 57 and 142
    | _keys("N Alternate Range WhitePoint BlackPoint Gamma Colorants Process MixingHints")  # 61 to 72
    | _keys("FunctionType Domain Size BitsPerSample Order Encode C0 C1 Functions Bounds")  # 38 to 41
    | _keys("PatternType PaintType TilingType XStep YStep Shading ExtGState ShadingType Background")  # 74, 75
    | _keys("AntiAlias Coords Extend Function")  # 77 to 82
)
DEEPEST = 12  # of what lies within one another; a picture with its mask is five
