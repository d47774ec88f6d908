using Microsoft.Data.Sqlite;

namespace HiEndMae.Host.Tests;

/// <summary>Rows of a database, read without the code under test.</summary>
internal static class Rows
{
    /// <summary>The rows of a query, the values of each joined by '|'.</summary>
    public static List<string> Of(string database, string query)
    {
        using var connection = new SqliteConnection($"Data Source={database};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = query;
        using SqliteDataReader reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read()) rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetValue(i).ToString())));
        return rows;
    }
}
