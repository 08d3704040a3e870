using System.Text;

namespace Mail.Security.Fuzz.Targets;

/// <summary>Paths, names and statuses: what is read is written so that it is read again as the same, and can stand in a command.</summary>
internal static class AddressTarget
{
    public static void Run(byte[] input)
    {
        if (MailPath.TryParse((ReadOnlySpan<byte>)input, out var wire, out var fault))
            CheckPath(wire);
        else
            Check.That(fault != MailPathFault.None, "a refusal has a fault");

        var text = Encoding.UTF8.GetString(input);
        if (MailPath.TryParse(text, out var path))
            CheckPath(path);
        CheckName(text);
        if (!EnhancedStatus.TryParse((ReadOnlySpan<byte>)input, out var status))
            return;
        Check.That(status.Class is 2 or 4 or 5, "a status has one of three classes");
        Check.That(EnhancedStatus.TryParse(status.ToString(), out var again) && again == status, "a status is written as it was read");
    }

    private static void CheckPath(MailPath path)
    {
        var text = path.ToString();
        var bytes = new byte[path.GetByteCount()];
        Check.Equal(bytes.Length, path.WriteTo(bytes), "a path has the length it says");
        Check.Same(Encoding.UTF8.GetBytes(text), bytes, "a path is written as it is shown");
        Check.That(!text.Any(char.IsControl), "a path has no control character");
        Check.That(path.NeedsSmtpUtf8 || Ascii.IsValid(text), "what needs no SMTPUTF8 is ASCII");
        Check.That(!path.IsNull || bytes.Length == 0, "the null path is empty");
        Check.That(MailPath.TryParse((ReadOnlySpan<byte>)bytes, out var again, out var fault), $"a path that was written can be read ({fault}): {text}");
        Check.Equal(path, again, "a path is written as it was read");
        Check.Equal(text, again.ToString(), "a path has one spelling");
    }

    private static void CheckName(string text)
    {
        if (DomainName.TryParse(text, out var strict))
        {
            Check.That(DomainName.TryParseLax(text, out var lax) && lax == strict, "the lax rules take what the strict ones take");
            Check.That(DomainName.TryParse(strict.Unicode, out var fromUnicode) && fromUnicode == strict, $"a name in U-labels is the same name: {strict.Unicode} of {strict.Ascii}");
            CheckName(strict, DomainName.TryParse(strict.Ascii, out var again) && again == strict);
        }
        if (DomainName.TryParseLax(text, out var name))
            CheckName(name, DomainName.TryParseLax(name.Ascii, out var again) && again == name);
    }

    private static void CheckName(DomainName name, bool same)
    {
        Check.That(same, $"a name is written as it was read: {name.Ascii}");
        Check.That(name.Ascii.Length is > 0 and <= 253 && name.Ascii.Split('.').All(label => label.Length is > 0 and <= 63), "a name and its labels have room on the wire");
        Check.That(name.Ascii.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter is '-' or '.' or '_'), "a name has letters, digits, hyphens");
        var labels = 1;
        for (var at = name; at.TryGetParent(out var parent); at = parent, labels++)
            Check.That(at.IsSubdomainOf(parent) && !parent.IsSubdomainOf(at), "a name is below its parent");
        Check.Equal(name.Ascii.Count(letter => letter == '.') + 1, labels, "a name has as many ancestors as labels");
    }
}
