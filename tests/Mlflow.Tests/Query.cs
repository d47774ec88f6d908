using Microsoft.Data.Sqlite;

namespace HiEndMae.Mlflow.Tests;

/// <summary>Reads a database without the code under test.</summary>
internal static class Query
{
    public static List<string> Rows(string database, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={database};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        using SqliteDataReader reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i =>
                reader.IsDBNull(i) ? "NULL" : reader.GetValue(i) is double d ? d.ToString("R") : reader.GetValue(i).ToString())));
        }
        return rows;
    }
}
