namespace HiEndMae.Engine.Failures;

/// <summary>Adds notes to an exception about what the program was doing when it was thrown: the stage, the step, the cases. The command that reports the exception shows the notes.</summary>
public static class FailurePlace
{
    private const string Key = "HiEndMae.Place";

    /// <summary>Adds a note. Call it in an exception filter: <c>catch (Exception error) when (FailurePlace.Note(error, ...))</c> catches nothing, so the stack trace stays as it is.</summary>
    /// <param name="error">The exception.</param>
    /// <param name="place">What was being done, such as "stage pretrain". It is called only for exceptions.</param>
    /// <returns>False.</returns>
    public static bool Note(Exception error, Func<string> place)
    {
        ArgumentNullException.ThrowIfNull(error);
        ArgumentNullException.ThrowIfNull(place);
        // The outermost note is added last and shown first.
        error.Data[Key] = error.Data[Key] is string inner ? $"{place()}, {inner}" : place();
        return false;
    }

    /// <summary>Returns the notes on an exception and on those inside it, the outermost first; empty if there are none.</summary>
    public static string Of(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        var notes = new List<string>();
        for (Exception? one = error; one is not null; one = one.InnerException)
        {
            if (one.Data[Key] is string note) notes.Add(note);
        }
        return string.Join(", ", notes);
    }
}
