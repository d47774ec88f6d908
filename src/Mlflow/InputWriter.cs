using Microsoft.Data.Sqlite;

namespace HiEndMae.Mlflow;

/// <summary>Writes the datasets that a run read to the tables <c>datasets</c>, <c>inputs</c> and <c>input_tags</c>, each once.</summary>
internal sealed class InputWriter(MlflowDatabase database, SqliteTransaction transaction, string runId)
{
    public void Write(IReadOnlyList<DatasetInput> inputs)
    {
        foreach (DatasetInput input in inputs)
        {
            string dataset = Find(input.Dataset) ?? Insert(input.Dataset);
            if (database.Row(
                transaction,
                "SELECT 1 FROM inputs WHERE source_type = 'DATASET' AND source_id = $dataset AND destination_type = 'RUN' AND destination_id = $run",
                ("$dataset", dataset), ("$run", runId)) is not null)
            {
                continue;
            }
            string id = NewId();
            database.Execute(
                transaction,
                "INSERT INTO inputs (input_uuid, source_type, source_id, destination_type, destination_id) VALUES ($id, 'DATASET', $dataset, 'RUN', $run)",
                ("$id", id), ("$dataset", dataset), ("$run", runId));
            foreach (Entry tag in input.Tags ?? [])
            {
                database.Execute(
                    transaction, "INSERT INTO input_tags (input_uuid, name, value) VALUES ($id, $name, $value)",
                    ("$id", id), ("$name", tag.Key), ("$value", tag.Value));
            }
        }
    }

    private string? Find(DatasetDescription dataset) => (string?)database.Row(
        transaction,
        "SELECT dataset_uuid FROM datasets WHERE name = $name AND digest = $digest AND experiment_id = (SELECT experiment_id FROM runs WHERE run_uuid = $run)",
        ("$name", dataset.Name), ("$digest", dataset.Digest), ("$run", runId))?[0];

    private string Insert(DatasetDescription dataset)
    {
        string id = NewId();
        database.Execute(
            transaction,
            """
            INSERT INTO datasets (dataset_uuid, experiment_id, name, digest, dataset_source_type, dataset_source, dataset_schema, dataset_profile)
            VALUES ($id, (SELECT experiment_id FROM runs WHERE run_uuid = $run), $name, $digest, $sourceType, $source, $schema, $profile)
            """,
            ("$id", id), ("$run", runId), ("$name", dataset.Name), ("$digest", dataset.Digest), ("$sourceType", dataset.SourceType),
            ("$source", dataset.Source), ("$schema", dataset.Schema), ("$profile", dataset.Profile));
        return id;
    }

    private static string NewId() => Guid.NewGuid().ToString("N");
}
