using System.Globalization;
using System.Text;

namespace Mail.Security.Sasl;

/// <summary>The OpaqueString profile (RFC 8265 §4.2).</summary>
internal sealed class OpaqueStringProfile : IPreparationProfile
{
    public static readonly OpaqueStringProfile Instance = new();

    public NormalizationForm Form => NormalizationForm.FormC;

    public bool IsMappedToNothing(Rune rune) => false;

    // RFC 8265 §4.2.1: letters, digits, marks, symbols, punctuation and spaces of any script; no controls, no invisible characters, no conjoining Jamo.
    public bool IsRefusedBeforeMapping(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        || rune.Value is 0x034F or 0x17B4 or 0x17B5 or (>= 0x180B and <= 0x180F) or 0x3164 or (>= 0xFE00 and <= 0xFE0F) or 0xFFA0 or (>= 0xE0100 and <= 0xE01EF)
            or (>= 0x1100 and <= 0x11FF) or (>= 0xA960 and <= 0xA97C) or (>= 0xD7B0 and <= 0xD7FB);

    public bool IsAcceptable(ReadOnlySpan<char> text) => true;
}
