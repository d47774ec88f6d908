using System.Text.Json;

namespace HiEndMae.Mlflow;

/// <summary>The file that keeps a <see cref="CursorState"/>: replaced whole, and started anew where it cannot be read, since sending again changes nothing.</summary>
internal sealed class SpoolCursor(string path, string target)
{
    public CursorState Load()
    {
        try
        {
            CursorState? state = File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), MlflowJson.Default.CursorState) : null;
            return state is not null && state.Target == target ? state : new CursorState { Target = target };
        }
        catch (JsonException)
        {
            return new CursorState { Target = target };
        }
    }

    public void Save(CursorState state)
    {
        string beside = path + ".tmp";
        using (var file = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            JsonSerializer.Serialize(file, state, MlflowJson.Default.CursorState);
            file.Flush(flushToDisk: true);
        }
        File.Move(beside, path, overwrite: true);
    }
}
