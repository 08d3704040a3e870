using System.Text.Json;
using System.Text.Json.Serialization;
using DaneCheck.Checking;
using DaneCheck.Keys;
using DaneCheck.Lookups;

namespace DaneCheck.Printing;

/// <summary>The reports as JSON: camel case, cases of enumerations by their names.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(CheckReport))]
[JsonSerializable(typeof(LookupReport))]
[JsonSerializable(typeof(MadeRecords))]
internal sealed partial class ReportJson : JsonSerializerContext
{
    public static string Write(CheckReport report) => JsonSerializer.Serialize(report, Default.CheckReport);

    public static string Write(MadeRecords records) => JsonSerializer.Serialize(records, Default.MadeRecords);

    public static string Write(LookupReport report) => JsonSerializer.Serialize(report, Default.LookupReport);
}
