namespace Relay.Configuration;

/// <summary>One setting of the relay: its key, what it is when nobody says otherwise, and what it means.</summary>
/// <param name="Key">The key, equal in files, in the environment (behind RELAY_) and on the command line (behind --); case is ignored.</param>
/// <param name="Default">The default as text.</param>
/// <param name="Meaning">One sentence for people.</param>
internal sealed record Setting(string Key, string Default, string Meaning);
