using System.Globalization;
using System.Text;

namespace Mail.Security.Dnssec;

/// <summary>Tracked keys as text: state, since when, until when on trial, whether configured or learnt, the key as a DS record, and behind semicolons those that signed for it.</summary>
internal static class TrackedAnchorText
{
    private const string Head = "# Keys of trust points (RFC 5011), written by the resolver. Version 1.";
    private const string None = "-";
    private const string FromConfiguration = "configured";
    private const string FromTrial = "learnt";
    private const string FromBoth = "configured,learnt";

    public static string Write(IReadOnlyList<TrackedAnchor> anchors)
    {
        var text = new StringBuilder().Append(Head).Append('\n');
        foreach (var one in anchors)
        {
            text.Append(CultureInfo.InvariantCulture, $"{one.State} {Moment(one.Since)} {(one.AcceptAt is { } end ? Moment(end) : None)} {Origin(one)} {one.Anchor}");
            foreach (var witness in one.Witnesses)
                text.Append(" ; ").Append(witness);
            text.Append('\n');
        }
        return text.ToString();
    }

    /// <exception cref="FormatException">It is no such text, or not the whole of one.</exception>
    public static IReadOnlyList<TrackedAnchor> Parse(string text)
    {
        var lines = text.Split('\n');
        // What is cut off must not pass for less: the last line has its end, too.
        if (lines[0] != Head || lines[^1].Length > 0)
            throw new FormatException("it is no whole file of tracked trust anchors.");
        return [.. lines[1..^1].Select(static (line, index) => Read(line) ?? throw new FormatException($"line {index + 2} is no tracked trust anchor."))];
    }

    private static TrackedAnchor? Read(string line)
    {
        var parts = line.Split(';', StringSplitOptions.TrimEntries);
        var words = parts[0].Split(' ');
        if (words.Length < 5 || !Enum.TryParse<TrustAnchorState>(words[0], out var state) || !Enum.IsDefined(state) || !TryReadMoment(words[1], out var since)
            || words[3] is not (None or FromConfiguration or FromTrial or FromBoth) || !AnchorLine.TryReadAny(words[4..], out var anchor))
        {
            return null;
        }
        DateTimeOffset? end = null;
        if (words[2] != None)
        {
            if (!TryReadMoment(words[2], out var moment))
                return null;
            end = moment;
        }
        var witnesses = new List<TrustAnchor>();
        foreach (var part in parts[1..])
        {
            if (!AnchorLine.TryReadAny(part.Split(' '), out var witness))
                return null;
            witnesses.Add(witness);
        }
        return new TrackedAnchor(anchor, state, since) { AcceptAt = end, Witnesses = witnesses, IsConfigured = words[3] is FromConfiguration or FromBoth, IsLearnt = words[3] is FromTrial or FromBoth };
    }

    private static string Origin(TrackedAnchor one) => (one.IsConfigured, one.IsLearnt) switch
    {
        (true, true) => FromBoth,
        (true, false) => FromConfiguration,
        (false, true) => FromTrial,
        _ => None,
    };

    private static string Moment(DateTimeOffset moment) => moment.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture);

    private static bool TryReadMoment(string text, out DateTimeOffset moment) =>
        DateTimeOffset.TryParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out moment);
}
