using System.Globalization;
using System.Text;

namespace Mail.Security.Smtp;

/// <summary>A reply kept for later: for the decision, the report and the log (RFC 5321 §4.2).</summary>
/// <param name="Code">The reply code. Decide by its first digit (RFC 5321 §4.2.1).</param>
/// <param name="Status">The enhanced status code, or null when the server sent none or one of another class (RFC 2034 §4).</param>
/// <param name="Lines">The text of each line as sent behind the code, the enhanced status code still in front.</param>
public sealed record SmtpReply(int Code, EnhancedStatus? Status, IReadOnlyList<string> Lines)
{
    /// <summary>2yz: done.</summary>
    public bool IsPositive => Code / 100 == 2;

    /// <summary>3yz: go on.</summary>
    public bool IsIntermediate => Code / 100 == 3;

    /// <summary>4yz: not now.</summary>
    public bool IsTransient => Code / 100 == 4;

    /// <summary>5yz: never in this form.</summary>
    public bool IsPermanent => Code / 100 == 5;

    /// <summary>The text for people: all lines joined by a space, without the enhanced status codes.</summary>
    public string Text => string.Join(' ', Lines.Select(WithoutStatus).Where(line => line.Length > 0));

    /// <summary>Two replies are equal when code, status and every line are.</summary>
    public bool Equals(SmtpReply? other) =>
        other is not null && Code == other.Code && Status == other.Status && Lines.SequenceEqual(other.Lines, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Code);
        hash.Add(Status);
        foreach (var line in Lines)
            hash.Add(line, StringComparer.Ordinal);
        return hash.ToHashCode();
    }

    /// <summary>The reply in one line, such as "550 5.7.30 REQUIRETLS support required".</summary>
    public override string ToString()
    {
        var line = new StringBuilder(Code.ToString(CultureInfo.InvariantCulture));
        if (Status is { } status)
            line.Append(CultureInfo.InvariantCulture, $" {status}");
        var text = Text;
        if (text.Length > 0)
            line.Append(' ').Append(text);
        return line.ToString();
    }

    private string WithoutStatus(string line)
    {
        var mark = Status is { } status ? status.ToString() : null;
        if (mark is null || !line.StartsWith(mark, StringComparison.Ordinal))
            return line;
        return line.Length == mark.Length ? "" : line[mark.Length] == ' ' ? line[mark.Length..].TrimStart(' ') : line;
    }
}
