namespace Mail.Security.Storage.Sqlite;

/// <summary>The file is no database of this package, or one of a newer version of it. Never leaves the package.</summary>
internal sealed class IncompatibleSchemaException(string message) : Exception(message);
