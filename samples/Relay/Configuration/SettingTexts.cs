using Microsoft.Extensions.Configuration;

namespace Relay.Configuration;

/// <summary>What the places say where settings are given.</summary>
/// <param name="Texts">The text of every setting.</param>
/// <param name="Problems">What is wrong with the places themselves, each a sentence.</param>
/// <param name="Sections">Where the sections of transports, routes and destinations are; empty when the places cannot be read.</param>
internal sealed record SettingTexts(Dictionary<string, string> Texts, List<string> Problems, IConfiguration Sections);
