using System.Buffers;
using System.Buffers.Text;
using System.Collections;
using System.Text;

namespace Mail.Security.Smtp;

/// <summary>Parameters to write behind a path, each checked when it is added: no CR, LF, space or control can be inside (RFC 5321 §4.1.2).</summary>
/// <remarks>The parameters are kept as they are written. A list that is cleared and filled again allocates nothing once it has its size.</remarks>
public sealed class SmtpParameterList : IReadOnlyList<string>
{
    private readonly List<int> _ends = [];
    private byte[] _bytes = [];

    /// <inheritdoc/>
    public int Count => _ends.Count;

    /// <summary>The parameter at an index, as it is written.</summary>
    public string this[int index] => Encoding.UTF8.GetString(BytesOf(index));

    /// <summary>Adds "keyword" or "keyword=value".</summary>
    /// <exception cref="ArgumentException">The text is not an esmtp-param, or its keyword is in the list.</exception>
    public void Add(string parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        var room = Reserve(Encoding.UTF8.GetMaxByteCount(parameter.Length));
        Keep(Encoding.UTF8.GetBytes(parameter, room), nameof(parameter));
    }

    /// <summary>Adds a keyword with a value.</summary>
    /// <inheritdoc cref="Add(string)"/>
    public void Add(string keyword, string value)
    {
        ArgumentNullException.ThrowIfNull(keyword);
        ArgumentNullException.ThrowIfNull(value);
        var room = Reserve(Encoding.UTF8.GetMaxByteCount(keyword.Length + value.Length + 1));
        var length = Encoding.UTF8.GetBytes(keyword, room);
        room[length++] = (byte)'=';
        Keep(length + Encoding.UTF8.GetBytes(value, room[length..]), nameof(value));
    }

    /// <summary>Adds a keyword with a number.</summary>
    /// <inheritdoc cref="Add(string)"/>
    public void Add(string keyword, long value)
    {
        ArgumentNullException.ThrowIfNull(keyword);
        var room = Reserve(Encoding.UTF8.GetMaxByteCount(keyword.Length) + 21);
        var length = Encoding.UTF8.GetBytes(keyword, room);
        room[length++] = (byte)'=';
        Utf8Formatter.TryFormat(value, room[length..], out var digits);
        Keep(length + digits, nameof(keyword));
    }

    /// <summary>Removes all.</summary>
    public void Clear() => _ends.Clear();

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator()
    {
        for (var index = 0; index < Count; index++)
            yield return this[index];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Writes each parameter with a space before it.</summary>
    internal void WriteTo(IBufferWriter<byte> output)
    {
        for (var index = 0; index < Count; index++)
        {
            output.Write(" "u8);
            output.Write(BytesOf(index));
        }
    }

    private Span<byte> BytesOf(int index) => _bytes.AsSpan(StartOf(index).._ends[index]);

    private int StartOf(int index) => index == 0 ? 0 : _ends[index - 1];

    private Span<byte> Reserve(int most)
    {
        var start = StartOf(Count);
        if (_bytes.Length - start < most)
            Array.Resize(ref _bytes, Math.Max(start + most, _bytes.Length * 2));
        return _bytes.AsSpan(start);
    }

    // What was written behind the last parameter is one more when it is a parameter, and its keyword is a new one.
    private void Keep(int length, string argument)
    {
        var start = StartOf(Count);
        var added = _bytes.AsSpan(start, length);
        if (length == 0 || SmtpParameter.Measure(added, out var keyword) != length)
            throw new ArgumentException("Not an SMTP parameter: keyword or keyword=value without spaces and control characters.", argument);
        for (var index = 0; index < Count; index++)
        {
            if (new SmtpParameter(BytesOf(index)).Is(keyword))
                throw new ArgumentException("The parameter is in the list already.", argument);
        }
        _ends.Add(start + length);
    }
}
