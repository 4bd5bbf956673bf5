import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.logging.LogManager;
import java.util.stream.Collectors;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/**
 * Holds PDF files against PDF/A-3a and PDF/UA-1. Reads their names from standard input, one a line, and writes lines of
 * four fields with tabs between: file, standard, how many checks were made, and a broken rule; empty where none is.
 */
final class Findings {
    private static final List<PDFAFlavour> STANDARDS = List.of(PDFAFlavour.PDFA_3_A, PDFAFlavour.PDFUA_1);

    public static void main(String[] none) throws Exception {
        LogManager.getLogManager().reset();
        VeraGreenfieldFoundryProvider.initialise();
        var names = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).lines().toList();
        for (String name : names) {
            for (PDFAFlavour standard : STANDARDS) {
                report(name, standard);
            }
        }
    }

    private static void report(String name, PDFAFlavour standard) throws Exception {
        var foundry = Foundries.defaultInstance();
        try (var file = new FileInputStream(name);
                var parser = foundry.createParser(file, standard);
                var validator = foundry.createValidator(standard, false)) {
            ValidationResult result = validator.validate(parser);
            List<String> broken = broken(result);
            if (broken.isEmpty() && !result.isCompliant()) {
                broken = List.of("not compliant, without a rule");
            }
            for (String rule : broken.isEmpty() ? List.of("") : broken) {
                System.out.printf("%s\t%s\t%d\t%s%n", name, standard.getId(), result.getTotalAssertions(), rule);
            }
        }
    }

    private static List<String> broken(ValidationResult result) {
        return result.getTestAssertions().stream()
                .filter(assertion -> assertion.getStatus() == TestAssertion.Status.FAILED)
                .collect(Collectors.groupingBy(Findings::rule, Collectors.counting()))
                .entrySet().stream()
                .map(entry -> entry.getKey() + " (" + entry.getValue() + " times)")
                .sorted(Comparator.naturalOrder())
                .toList();
    }

    private static String rule(TestAssertion assertion) {
        var id = assertion.getRuleId();
        return id.getClause() + "-" + id.getTestNumber() + " " + assertion.getMessage().replaceAll("\\s+", " ");
    }
}
