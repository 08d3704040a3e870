using System.Collections;
using System.Text;

namespace Mail.Security.Smtp;

/// <summary>Parameters to write behind a path, each checked when it is added: no CR, LF, space or control can be inside (RFC 5321 §4.1.2).</summary>
public sealed class SmtpParameterList : IReadOnlyList<string>
{
    private readonly List<string> _parameters = [];

    /// <inheritdoc/>
    public int Count => _parameters.Count;

    /// <summary>The parameter at an index, as it is written.</summary>
    public string this[int index] => _parameters[index];

    /// <summary>Adds "keyword" or "keyword=value".</summary>
    /// <exception cref="ArgumentException">The text is not an esmtp-param, or its keyword is in the list.</exception>
    public void Add(string parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        var text = Encoding.UTF8.GetBytes(parameter);
        if (text.Length == 0 || SmtpParameter.Measure(text, out _) != text.Length)
            throw new ArgumentException("Not an SMTP parameter: keyword or keyword=value without spaces and control characters.", nameof(parameter));
        if (_parameters.Exists(other => KeywordOf(other).Equals(KeywordOf(parameter), StringComparison.OrdinalIgnoreCase)))
            throw new ArgumentException("The parameter is in the list already.", nameof(parameter));
        _parameters.Add(parameter);
    }

    /// <summary>Adds a keyword with a value.</summary>
    /// <inheritdoc cref="Add(string)"/>
    public void Add(string keyword, string value) => Add($"{keyword}={value}");

    /// <summary>Removes all.</summary>
    public void Clear() => _parameters.Clear();

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator() => _parameters.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static ReadOnlySpan<char> KeywordOf(string parameter)
    {
        var equals = parameter.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? parameter : parameter.AsSpan(0, equals);
    }
}
