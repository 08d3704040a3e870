using System.Globalization;
using Mail.Security.Delivery;
using Microsoft.Extensions.Configuration;

namespace Mail.Security.Hosting;

/// <summary>Reads one section of a configuration and notes every problem with its key.</summary>
internal sealed class SectionReader(IConfiguration section, string path, List<RoutingProblem> problems)
{
    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    public string Path => path;

    public void Add(string key, string reason) => problems.Add(new RoutingProblem(Key(key), reason));

    /// <summary>The text of a key; null when it is not given.</summary>
    public string? Text(string key)
    {
        _known.Add(key);
        return section[key]?.Trim();
    }

    public bool Has(string key)
    {
        _known.Add(key);
        return section.GetSection(key) is var value && (value.Value is not null || value.GetChildren().Any());
    }

    public T Value<T>(string key, T otherwise, Func<string, T> read) =>
        Text(key) is { } text ? Try(key, text, otherwise, read)
        : !section.GetSection(key).GetChildren().Any() ? otherwise
        : Fail(key, "one text is meant, not several", otherwise);

    public T Required<T>(string key, Func<string, T> read) => Has(key) ? Value(key, default!, read) : Fail<T>(key, "it is needed", default!);

    /// <summary>An array, or one text with commas.</summary>
    public IReadOnlyList<T> List<T>(string key, Func<string, T> read)
    {
        var texts = Text(key) is { } text
            ? text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            : [.. section.GetSection(key).GetChildren().Select(static child => child.Value?.Trim() ?? "")];
        var values = new List<T>();
        foreach (var one in texts)
            Try(key, one, false, text =>
            {
                values.Add(read(text));
                return true;
            });
        return values;
    }

    /// <summary>Whether nothing but the items of an array is below this section.</summary>
    public bool IsList => section.GetChildren().All(static child => int.TryParse(child.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _));

    /// <summary>The sections of an array; the key "" stands for this section itself.</summary>
    public IReadOnlyList<SectionReader> Items(string key)
    {
        var items = Named(key).ToList();
        foreach (var (name, item) in items.Where(static item => !int.TryParse(item.Name, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
            item.Add("", "a list is meant, whose keys are numbers");
        return [.. items.Select(static item => item.Section)];
    }

    /// <summary>The sections below a key, by their names.</summary>
    public IEnumerable<(string Name, SectionReader Section)> Named(string key)
    {
        _known.Add(key);
        var below = key.Length == 0 ? section : section.GetSection(key);
        if (key.Length > 0 && !string.IsNullOrWhiteSpace(section[key]))
            Add(key, "a section is meant, not a text");
        return below.GetChildren().Select(child => (child.Key, new SectionReader(child, Combine(Key(key), child.Key), problems))).ToList();
    }

    public SectionReader Below(string key)
    {
        _known.Add(key);
        return new SectionReader(section.GetSection(key), Key(key), problems);
    }

    /// <summary>All routes below this section.</summary>
    public IEnumerable<SectionReader> Rules() =>
        [.. Items("Global"), .. Named("Domains").SelectMany(static level => level.Section.Items("")), .. Named("Accounts").SelectMany(static level => level.Section.Items(""))];

    public AddressFamilies Families()
    {
        if (!Has("Families") && Text("Families") is null)
            return AddressFamilies.Any;
        var families = List("Families", static text => ConfigurationText.Word<Family>(text)).ToHashSet();
        return families.Count switch
        {
            2 => AddressFamilies.Any,
            1 => families.Contains(Family.IPv4) ? AddressFamilies.IPv4Only : AddressFamilies.IPv6Only,
            _ => Fail("Families", "both families are disabled; name IPv4, IPv6 or both", AddressFamilies.Any),
        };
    }

    /// <summary>Notes every key that nobody asked for.</summary>
    public void Finish()
    {
        foreach (var child in section.GetChildren().Where(child => !_known.Contains(child.Key)))
            Add(child.Key, $"there is no such key here, only {string.Join(", ", _known.Order(StringComparer.Ordinal))}");
    }

    private T Try<T>(string key, string text, T otherwise, Func<string, T> read)
    {
        try
        {
            return read(text);
        }
        catch (FormatException exception)
        {
            return Fail(key, exception.Message, otherwise);
        }
    }

    private T Fail<T>(string key, string reason, T otherwise)
    {
        Add(key, reason);
        return otherwise;
    }

    private string Key(string key) => key.Length == 0 ? path : Combine(path, key);

    private static string Combine(string path, string key) => path.Length == 0 ? key : $"{path}:{key}";

    private enum Family : byte
    {
        IPv4,
        IPv6,
    }
}
