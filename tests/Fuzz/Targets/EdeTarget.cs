using System.Globalization;
using System.Text;
using Mail.Security.Dnssec;

namespace Mail.Security.Fuzz.Targets;

/// <summary>The EDNS options of an answer, and the extended errors among them (RFC 8914 §2), against a plain reading.</summary>
internal static class EdeTarget
{
    private const int OptionCode = 15;
    private const int MaxText = 512;

    public static void Run(byte[] input)
    {
        var fills = TryReadPlainly(input, out var errors);
        Check.Equal(fills, ExtendedErrorReader.TryRead(input, out var error), "options are read where they fill their space");
        if (!fills)
            return;
        Check.Equal(errors.Count > 0, error is not null, "an error is found where there is one");
        if (error is null)
            return;
        var chosen = errors.Find(static one => new ExtendedDnsError(one.Code, "").IsDnssecFailure) ?? errors[0];
        Check.Equal(chosen.Code, error.Code, "the first error of DNSSEC is told, else the first");
        Check.That(error.Text.Length <= MaxText && !error.Text.EnumerateRunes().Any(IsUnfit) && error.Text.Trim() == error.Text, "the text can stand in a line");
        if (chosen.Text.Length <= MaxText && chosen.Text.All(static octet => octet is >= (byte)' ' and <= (byte)'~'))
            Check.Equal(Encoding.ASCII.GetString(chosen.Text).Trim(), error.Text, "a text of visible letters stays as it is");
        Check.That(!error.ToString().Any(char.IsControl) && error.Name.Length > 0, "an error can be logged");
    }

    private static bool IsUnfit(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static bool TryReadPlainly(byte[] input, out List<PlainError> errors)
    {
        errors = [];
        var at = 0;
        while (at < input.Length)
        {
            if (at + 4 > input.Length)
                return false;
            var (code, length) = (input[at] << 8 | input[at + 1], input[at + 2] << 8 | input[at + 3]);
            at += 4;
            if (at + length > input.Length)
                return false;
            if (code == OptionCode && length >= 2)
                errors.Add(new((ushort)(input[at] << 8 | input[at + 1]), input[(at + 2)..(at + length)]));
            at += length;
        }
        return true;
    }

    private sealed record PlainError(ushort Code, byte[] Text);
}
