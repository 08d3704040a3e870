using System.Globalization;
using System.Text;

namespace Mail.Security.Sasl;

/// <summary>SASLprep (RFC 4013 §2), strings taken as queries: an unassigned code point passes.</summary>
internal sealed class SaslPrepProfile : IPreparationProfile
{
    public static readonly SaslPrepProfile Instance = new();

    public NormalizationForm Form => NormalizationForm.FormKC;

    // RFC 3454 §B.1
    public bool IsMappedToNothing(Rune rune) => rune.Value
        is 0x00AD or 0x034F or 0x1806 or (>= 0x180B and <= 0x180D) or (>= 0x200B and <= 0x200D) or 0x2060 or (>= 0xFE00 and <= 0xFE0F) or 0xFEFF;

    // RFC 3454 §C.4. No normalisation makes or removes one, and that of .NET throws at U+FFFE.
    public bool IsRefusedBeforeMapping(Rune rune) => (rune.Value & 0xFFFE) == 0xFFFE || rune.Value is >= 0xFDD0 and <= 0xFDEF;

    public bool IsAcceptable(ReadOnlySpan<char> text)
    {
        var (rightToLeft, leftToRight, first, last) = (false, false, false, false);
        var index = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsProhibited(rune))
                return false;
            var isRight = IsRightToLeft(rune);
            (rightToLeft, leftToRight) = (rightToLeft || isRight, leftToRight || !isRight && Rune.IsLetter(rune));
            (first, last) = (index++ == 0 ? isRight : first, isRight);
        }
        // RFC 3454 §6: right-to-left text holds no left-to-right character, and begins and ends with a right-to-left one.
        return !rightToLeft || !leftToRight && first && last;
    }

    // RFC 4013 §2.3: RFC 3454 §C.2.1, §C.2.2, §C.3 to §C.9; §C.4 is refused before.
    private static bool IsProhibited(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.PrivateUse
        || rune.Value is 0x06DD or 0x070F or 0x180E or 0x2028 or 0x2029 or (>= 0x2061 and <= 0x2063) or (>= 0x206A and <= 0x206F) or (>= 0xFFF9 and <= 0xFFFD)
            or (>= 0x1D173 and <= 0x1D17A) or (>= 0x2FF0 and <= 0x2FFB) or 0x0340 or 0x0341 or 0x200E or 0x200F or (>= 0x202A and <= 0x202E)
            or 0xE0001 or (>= 0xE0020 and <= 0xE007F);

    // RFC 3454 §D.1
    private static bool IsRightToLeft(Rune rune) => rune.Value
        is 0x05BE or 0x05C0 or 0x05C3 or (>= 0x05D0 and <= 0x05EA) or (>= 0x05F0 and <= 0x05F4) or 0x061B or 0x061F or (>= 0x0621 and <= 0x063A)
        or (>= 0x0640 and <= 0x064A) or (>= 0x066D and <= 0x066F) or (>= 0x0671 and <= 0x06D5) or 0x06DD or 0x06E5 or 0x06E6 or (>= 0x06FA and <= 0x06FE)
        or (>= 0x0700 and <= 0x070D) or 0x0710 or (>= 0x0712 and <= 0x072C) or (>= 0x0780 and <= 0x07A5) or 0x07B1 or 0x200F or 0xFB1D
        or (>= 0xFB1F and <= 0xFB28) or (>= 0xFB2A and <= 0xFB36) or (>= 0xFB38 and <= 0xFB3C) or 0xFB3E or 0xFB40 or 0xFB41 or 0xFB43 or 0xFB44
        or (>= 0xFB46 and <= 0xFBB1) or (>= 0xFBD3 and <= 0xFD3D) or (>= 0xFD50 and <= 0xFD8F) or (>= 0xFD92 and <= 0xFDC7) or (>= 0xFDF0 and <= 0xFDFC)
        or (>= 0xFE70 and <= 0xFE74) or (>= 0xFE76 and <= 0xFEFC);
}
